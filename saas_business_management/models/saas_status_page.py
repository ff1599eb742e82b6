"""What a status page shows, as plain values: parts, days, incidents, maintenance; the feed.

Owns: these values and their words. Does not own: the page (`views/status_pages.xml`), the route
(`controllers/status.py`). Nothing here names a tenant, a customer or a server: texts are those that
were published.
"""

from datetime import timezone
from xml.etree import ElementTree

from odoo import api, fields, models
from odoo.tools import format_date, format_datetime

from ..kernel.monitoring import component, incident, maintenance
from .saas_status_component import STATE_WORDS

MOST_OPEN, MOST_PAST, MOST_PLANNED, MOST_UPDATES, MOST_ENTRIES = 5, 5, 5, 6, 30
# One letter each: the page has 450 of them.
LETTERS = {
    component.OPERATIONAL: "o",
    component.DEGRADED: "d",
    component.PARTIAL: "p",
    component.MAJOR: "j",
    component.MAINTENANCE: "m",
    component.UNKNOWN: "u",
}
ATOM = "http://www.w3.org/2005/Atom"


class SaasBrand(models.Model):
    _inherit = "saas.brand"

    @api.private
    def _status_page(self):
        """Return everything the page shows."""
        self.ensure_one()
        periods_sudo = self.env["saas.status.period"].sudo()
        zone = self.env["saas.status.mail"]._zone_of(self)
        now, days = periods_sudo._now_of(self), periods_sudo._days_of(self, zone)
        names = self.env["saas.status.component"].sudo().search([])
        shown = self.env["saas.incident"]._public_of(self)
        planned = self.env["saas.maintenance"]._public_of(self)
        return {
            "overall": self._status_overall(now.values()),
            "components": [self._status_part(one, now[one.code], days[one.code]) for one in names],
            "open": [
                self._status_incident(one, zone)
                for one in shown.filtered(lambda one: one.state in incident.OPEN)[:MOST_OPEN]
            ],
            "past": [
                self._status_incident(one, zone)
                for one in shown.filtered(lambda one: one.state in incident.OVER)[:MOST_PAST]
            ],
            "planned": [self._status_window(one, zone) for one in planned[:MOST_PLANNED]],
            "zone": zone,
            "read_at": self._status_instant(fields.Datetime.now(), zone),
        }

    def _status_overall(self, states):
        """Return the first line: the worst, or that all is well; never of unknown parts."""
        _ = self.env._
        states = list(states)
        state = component.worst(states)
        if state == component.UNKNOWN and set(states) != {component.UNKNOWN}:
            text = _("Operational, as far as it is known")
        else:
            text = {
                component.OPERATIONAL: _("All systems operational"),
                component.DEGRADED: _("Some systems are slower than usual"),
                component.PARTIAL: _("Some systems do not work for everybody"),
                component.MAJOR: _("Major outage"),
                component.MAINTENANCE: _("Maintenance is under way"),
                component.UNKNOWN: _("The state is not known at the moment"),
            }[state]
        return {"state": state, "letter": LETTERS[state], "text": text}

    def _status_part(self, row, state, days):
        share = component.uptime(days)
        return {
            "name": row.name,
            "letter": LETTERS[state],
            "state": self._status_word(state),
            "uptime": f"{share} %" if share is not None else "",
            "days": [(LETTERS[day.state], self._status_day(day)) for day in days],
        }

    def _status_day(self, day):
        """Return the text of a day: its date, and what was; without a word when all was well."""
        date = format_date(self.env, day.day, date_format="d MMM")
        share = day.uptime
        if day.state == component.OPERATIONAL:
            return f"{date} {share.normalize():f} %"
        word = self._status_word(day.state)
        told = f", {share} %" if share is not None else ""
        return f"{date} {word}{told}"

    def _status_word(self, state):
        return self.env._(STATE_WORDS[state])

    def _status_instant(self, at, zone):
        return format_datetime(self.env, at, tz=zone, dt_format="d MMM y, HH:mm z")

    def _status_incident(self, one, zone):
        labels = dict(one._fields["state"]._description_selection(self.env))
        updates = self.env["saas.incident.update"]._public_of(one)
        return {
            "title": one.public_title,
            "state": labels[one.state],
            "impact": self._status_word(one.impact),
            "letter": LETTERS[one.impact],
            "parts": ", ".join(one.component_ids.mapped("name")),
            "began": self._status_instant(one.started_at, zone),
            "over": self._status_instant(one.resolved_at, zone) if one.resolved_at else "",
            "updates": [
                {
                    "at": self._status_instant(row.at, zone),
                    "state": labels[row.state],
                    "text": row._text_for(self),
                }
                for row in updates[:MOST_UPDATES]
            ],
        }

    def _status_window(self, one, zone):
        _ = self.env._
        labels = dict(one._fields["state"]._description_selection(self.env))
        return {
            "title": one.title,
            "window": one._window_text(zone),
            "state": "" if one.state == maintenance.SCHEDULED else labels[one.state],
            "urgent": one.urgent,
            "interruption": one.interruption or _("none expected"),
            "parts": ", ".join(one.component_ids.mapped("name")),
            "text": one.text or "",
        }

    # The feed

    @api.private
    def _status_feed(self):
        """Return the newest published updates and announcements as Atom (RFC 4287), bytes."""
        self.ensure_one()
        entries = sorted(self._feed_entries(), key=lambda one: one["at"], reverse=True)
        root = ElementTree.Element("feed", {"xmlns": ATOM})
        url = self._status_url()
        _add(root, "title", self.env._("%(brand)s: status", brand=self.name))
        _add(root, "id", url)
        ElementTree.SubElement(root, "link", {"href": url})
        ElementTree.SubElement(root, "link", {"href": f"{url}/feed", "rel": "self"})
        _add(root, "updated", _stamp(entries[0]["at"] if entries else self.create_date))
        author = ElementTree.SubElement(root, "author")
        _add(author, "name", self.name)
        for one in entries[:MOST_ENTRIES]:
            entry = ElementTree.SubElement(root, "entry")
            _add(entry, "title", one["title"])
            _add(entry, "id", f"{url}#{one['id']}")
            ElementTree.SubElement(entry, "link", {"href": url})
            _add(entry, "updated", _stamp(one["at"]))
            _add(entry, "content", one["text"], {"type": "text"})
        return ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)

    def _feed_entries(self):
        shown = self.env["saas.incident"]._public_of(self)
        labels = dict(shown._fields["state"]._description_selection(self.env))
        for row in self.env["saas.incident.update"]._public_of(shown)[:MOST_ENTRIES]:
            yield {
                "id": f"{row.incident_id.reference}-{row.id}",
                "at": row.at,
                "title": f"{row.incident_id.public_title}: {labels[row.state]}",
                "text": row._text_for(self),
            }
        zone = self.env["saas.status.mail"]._zone_of(self)
        for one in self.env["saas.maintenance"]._public_of(self)[:MOST_ENTRIES]:
            yield {
                "id": one.reference,
                "at": one.published_at,
                "title": f"{one.title}: {one._window_text(zone)}",
                "text": one.text or one.title,
            }


def _add(parent, name, text, attributes=None):
    ElementTree.SubElement(parent, name, attributes or {}).text = _clean(text)


def _clean(text):
    """Return a text without the signs that XML 1.0 does not have."""
    return "".join(sign for sign in text or "" if sign >= " " or sign in "\n\t")


def _stamp(at):
    return at.replace(tzinfo=timezone.utc, microsecond=0).isoformat()
