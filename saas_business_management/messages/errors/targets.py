"""Sentences of errors about backup targets and the addresses that people enter."""

from odoo.tools import LazyTranslate

_lt = LazyTranslate(__name__)

SENTENCES = {
    # Addresses that people enter
    "address_form": _lt(
        "This is no address of a service: write one such as https://s3.example.com, without user, "
        "path or question mark."
    ),
    "address_without_tls": _lt(
        "The address begins with http://, so anybody on the way could read along. Use https://, or "
        "allow an address inside your own network."
    ),
    "address_port": _lt(
        "Port %(port)s is not for such a service. Use one of %(allowed)s, or allow an address "
        "inside your own network."
    ),
    "address_inside": _lt(
        "%(host)s leads into a machine or network of its own, which nobody allowed for this "
        "address. Nothing was sent."
    ),
    "address_unknown": _lt("No name server knows %(host)s. Nothing was sent. Check the address."),
    "address_silent": _lt(
        "Nobody answers at %(host)s, port %(port)s. Nothing was lost. It is tried again by itself."
    ),
    "certificate_wrong": _lt(
        "The service's certificate is of another name, over, or of an authority we do not trust. "
        "Nothing was sent."
    ),
    "ca_damaged": _lt(
        "This is no certificate in PEM form: it begins with a line BEGIN CERTIFICATE and holds no "
        "private key."
    ),
    # Backup targets
    "target_kind_unknown": _lt("There is no kind of backup target called “%(name)s”."),
    "target_unknown": _lt(
        "The backup target is not one of this operation's, so it was not touched. Tell the "
        "platform's administrator."
    ),
    "target_incomplete": _lt(
        "The backup target says too little: its %(missing)s is missing or cannot be read."
    ),
    "object_key_form": _lt(
        "A name of an unexpected form was refused, and nothing was stored. Tell the platform's "
        "administrator."
    ),
    "object_exists": _lt("The object is stored already, and it was not touched."),
    "object_missing.stored": _lt("The object is not in the backup target."),
    "object_lost": _lt(
        "The backup target said that it stored an object, but it is not there. It does not count "
        "as stored."
    ),
    "object_damaged": _lt(
        "What the backup target stored is not what was sent. It was removed and does not count as "
        "stored."
    ),
    "object_changed": _lt("The object was changed while it was read. Read it again."),
    "object_too_large": _lt(
        "The object is too large for this backup target: it takes %(most_bytes)s."
    ),
    "range_past_end": _lt("The object ends before the part that was asked for."),
    "no_space": _lt(
        "The backup target is full. What is stored there is safe. Free space or raise its quota, "
        "then try again."
    ),
    "target_unavailable": _lt(
        "The backup target gives no whole answer. Nothing was lost. It is tried again by itself."
    ),
    "target_slow": _lt(
        "The backup target is too slow, so this was stopped. Nothing was lost. It is tried again "
        "by itself."
    ),
    "upload_lost": _lt(
        "The backup target forgot an upload before it was complete. Nothing half is kept. It is "
        "tried again by itself."
    ),
    "transfer_damaged": _lt(
        "Bytes changed on the way to the backup target, and it refused them. It is tried again by "
        "itself."
    ),
    "target_garbled": _lt(
        "The backup target's answer could not be understood. Check its address: something else "
        "may stand there."
    ),
    "target_cannot": _lt("The backup target is not able to do what was asked of it."),
    "target_folder_missing": _lt(
        "The folder of the backup target is not there. Mount its disk or make it; nothing was lost."
    ),
    "target_damaged": _lt(
        "Something in the folder of the backup target is neither file nor folder. It was not "
        "touched. Look at it."
    ),
    "access_denied": _lt(
        "The backup target denies access. Nothing was changed. Give its user the rights to read, "
        "write, list and delete there."
    ),
    "access_key_refused": _lt(
        "The backup target refuses the access key: it is unknown, expired or its secret is another."
    ),
    "clock_skew": _lt(
        "The backup target says that our clock is wrong, so it refuses everything. Set the clock "
        "of the control worker."
    ),
    "bucket_missing": _lt("The bucket does not exist. Make it at the service or correct its name."),
    "bucket_form": _lt(
        "This is no name of a bucket: use 3 to 63 small letters, digits, hyphens and dots."
    ),
    "region_wrong": _lt(
        "The bucket is elsewhere: the service refers to another region or address. Correct it "
        "here; nobody is led there by itself."
    ),
}
