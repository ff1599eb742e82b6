"""Names below which strangers register: nobody can bring one of them along as his own.

Owns: the usual public suffixes of two labels, and names that exist on a machine or in a house
alone. Does not own: the whole public suffix list, thousands of names that change weekly; whoever
controls the TXT record of a suffix is its registry.
"""

_COUNTRIES = {
    "ae": "co net org",
    "ar": "com net org",
    "at": "ac co or",
    "au": "asn com id net org",
    "bd": "com",
    "bo": "com",
    "br": "com net org",
    "cn": "ac com net org",
    "co": "com net org",
    "cr": "co",
    "cy": "com",
    "do": "com",
    "ec": "com",
    "eg": "com",
    "es": "com nom org",
    "ge": "com",
    "gh": "com",
    "gr": "com",
    "gt": "com",
    "hk": "com net org",
    "hu": "co",
    "id": "co or web",
    "il": "ac co net org",
    "in": "co firm gen ind net org",
    "jp": "ac co go ne or",
    "ke": "co or",
    "kr": "ac co ne or",
    "kw": "com",
    "lb": "com",
    "ma": "co",
    "mt": "com",
    "mx": "com net org",
    "my": "com net org",
    "ng": "com",
    "ni": "com",
    "nz": "ac co geek net org",
    "om": "com",
    "pa": "com",
    "pe": "com",
    "ph": "com",
    "pk": "com",
    "pl": "com net org",
    "pr": "com",
    "pt": "com",
    "py": "com",
    "qa": "com",
    "ro": "com",
    "ru": "com msk",
    "sa": "com",
    "sg": "com net org",
    "sv": "com",
    "th": "ac co in or",
    "tn": "com",
    "tr": "com gen net org web",
    "tw": "com net org",
    "tz": "co",
    "ua": "com net org",
    "ug": "co",
    "uk": "ac co gov ltd me net org plc",
    "uy": "com",
    "ve": "co com",
    "vn": "com net org",
    "za": "co net org web",
    "zm": "co",
    "zw": "co",
}
_HOSTERS = (
    "appspot.com azurewebsites.net blogspot.com cloudfront.net duckdns.org fly.dev github.io "
    "gitlab.io herokuapp.com netlify.app onrender.com pages.dev s3.amazonaws.com vercel.app "
    "web.app workers.dev"
)
PUBLIC = frozenset(
    f"{name}.{country}" for country, names in _COUNTRIES.items() for name in names.split()
) | frozenset(_HOSTERS.split())

# Source: RFC 6761, RFC 6762, RFC 7686, RFC 8375, and names that home routers give.
PRIVATE = frozenset(
    "localhost localdomain local internal intranet lan home corp private onion invalid arpa".split()
)
