"""Where the page of a rule is: what SARIF calls `helpUri`, and what terminals link its name to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tkelint.language import DEFAULT

if TYPE_CHECKING:
    from tkelint.rule import Rule

# The address of the published site. Without one, a rule leads to the official page that documents it: a link that is
# always there, where a guessed address would be a dead one. `docsUrl` in the configuration wins: a site of one's own.
SITE: Final = ""


def page_of(rule: Rule, language: str, docs_url: str = "") -> str:
    """The page of a rule on the site, in the reader's language; without a site, the official page it rests on.

    The folder of a rule is not part of the address, so that a rule can move without breaking links.
    """
    site = (docs_url or SITE).rstrip("/")
    if not site:
        return rule.references[0].url if rule.references else ""
    return f"{site}/rules/{rule.id}/" if language == DEFAULT else f"{site}/{language}/rules/{rule.id}/"
