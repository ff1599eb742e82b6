"""Sentences of errors about names: subdomains, own host names, their certificates."""

from odoo.tools import LazyTranslate

_lt = LazyTranslate(__name__)

SENTENCES = {
    # Names
    "subdomain_empty": _lt("Enter a subdomain: it becomes the first part of the web address."),
    "subdomain_form": _lt(
        "“%(text)s” cannot be a subdomain: use a–z, 0–9 and hyphens, and begin with a letter."
    ),
    "subdomain_too_short": _lt(
        "“%(text)s” is too short for a subdomain: use at least %(least)s characters."
    ),
    "subdomain_too_long": _lt(
        "“%(text)s” is too long for a subdomain: use at most %(most)s characters."
    ),
    "subdomain_punycode": _lt(
        "“%(text)s” cannot be a subdomain: two hyphens in the third and fourth place stand for "
        "another alphabet."
    ),
    "subdomain_reserved": _lt("“%(text)s” is reserved for the platform. Choose another subdomain."),
    "subdomain_taken": _lt("“%(text)s” is taken. Choose another subdomain."),
    "subdomain_taken.one": _lt("“%(text)s” is taken. %(free)s is free."),
    "subdomain_taken.many": _lt("“%(text)s” is taken. %(free)s are free."),
    "base_host_form": _lt(
        "“%(text)s” cannot be a host zone: use a name such as example.com, without port or path."
    ),
    "database_name_form": _lt(
        "A name of an unexpected form was refused, and nothing was changed. Tell the platform's "
        "administrator."
    ),
    # Own host names
    "own_host_empty": _lt("Enter a host name, such as shop.example.com."),
    "own_host_scheme": _lt(
        "“%(text)s” is an address of a page. Enter the host name alone, such as shop.example.com."
    ),
    "own_host_address": _lt(
        "“%(text)s” is a numeric address. Enter a host name, such as shop.example.com."
    ),
    "own_host_port": _lt("“%(text)s” names a port. Leave out the colon and what follows it."),
    "own_host_wildcard": _lt("“%(text)s” stands for many names. Add them one by one."),
    "own_host_dot": _lt("“%(text)s” ends in a dot. Leave it out."),
    "own_host_letters": _lt(
        "“%(text)s” has letters that browsers read in different ways. Enter the form that begins "
        "with xn--, as the registrar shows it, or another name."
    ),
    "own_host_long": _lt(
        "“%(text)s” is too long: a host name has at most 240 characters, 63 between two dots."
    ),
    "own_host_form": _lt(
        "“%(text)s” cannot be a host name: use letters, digits and hyphens, with dots in between."
    ),
    "own_host_single": _lt(
        "“%(text)s” has no dot. Enter the whole host name, such as shop.example.com."
    ),
    "own_host_local": _lt(
        "“%(text)s” exists inside one machine or house alone. Enter a name that everybody can "
        "look up."
    ),
    "own_host_suffix": _lt(
        "“%(text)s” is where everybody registers names. Enter one below it that belongs to you."
    ),
    "own_host_ours": _lt(
        "“%(text)s” belongs to the platform. Every tenant has its subdomain there already; enter "
        "a name of your own."
    ),
    "own_host_closed": _lt(
        "%(tenant)s cannot get host names in its present state. Nothing was changed."
    ),
    "own_host_entropy": _lt(
        "No proof was made, because the machine gave too little randomness. Try again."
    ),
    "dns_servers_form": _lt(
        "“%(text)s” in saas_dns_resolver is no name server: write addresses such as 9.9.9.9 or "
        "127.0.0.1:5353, separated by commas."
    ),
    "dns_silent": _lt(
        "No name server answered for %(host)s. Nothing was changed. It is looked at again by "
        "itself."
    ),
    "proxy_silent": _lt(
        "The front proxy did not answer for %(host)s. Nothing was changed. It is looked at again "
        "by itself."
    ),
    "proxy_garbled": _lt(
        "The front proxy's answer for %(host)s could not be read. Nothing was changed."
    ),
    "certificate_refused": _lt(
        "The front proxy has no certificate for %(host)s. Look into its log; nothing was changed."
    ),
}
