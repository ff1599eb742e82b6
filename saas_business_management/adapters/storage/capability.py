"""What a store may be able to do beyond the port.

Owns: the names. Does not own: which store has which (`capabilities`).
"""

EXCLUSIVE = "exclusive"  # of two writers of one new object, the store itself refuses one
CHECKSUMS = "checksums"  # the store computes checksums of its own, and they are compared
RESUMES = "resumes"  # a part that failed is sent again without the others
