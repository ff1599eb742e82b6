"""What a store may be able to do beyond the port.

Owns: the names. Does not own: which store has which (`capabilities`, `protection`).
"""

EXCLUSIVE = "exclusive"  # of two writers of one new object, the store itself refuses one
CHECKSUMS = "checksums"  # the store computes checksums of its own, and they are compared
RESUMES = "resumes"  # a part that failed is sent again without the others

# What holds against somebody who deletes with a key that may delete (`protection`).
LOCKED = "locked"  # every new object is locked for a time: nobody deletes it before
VERSIONS = "versions"  # what is deleted stays as an older version, for whoever may read those
NONE = "none"  # what is deleted is gone
UNKNOWN = "unknown"  # the service does not say, or not to this key
