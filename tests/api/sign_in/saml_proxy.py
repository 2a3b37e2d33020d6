"""What a SAML proxy claims of people, by the very configuration that docs/sign-in.md tells to give it.

It does what SaToSa does with these lines: the backend's names, the micro services in turn, the frontend's names. What a
claim of OpenID Connect's own has is its first value; all others stay lists.
"""

import re
from pathlib import Path
from typing import Any

import yaml

TOLD = (Path(__file__).parents[3] / "docs" / "sign-in.md").read_text().partition("## SAML")[2]
CONFIGURED: dict[str, Any] = yaml.safe_load(TOLD.partition("```yaml")[2].partition("```")[0])
NAMES = dict(re.findall(r"(urn:oid:[\d.]+) (\w+)", TOLD))
[(UNIVERSITY, ADDED)] = CONFIGURED["synthetic_attributes"]["default"].items()
AFFILIATION, IDENTIFIER = "urn:oid:1.2.752.201.3.1", "urn:oid:2.5.4.97"
DISPLAYED, MAIL = "urn:oid:2.16.840.1.113730.3.1.241", "urn:oid:0.9.2342.19200300.100.1.3"
PRINCIPAL = "urn:oid:1.3.6.1.4.1.5923.1.1.1.6"
SENT = {
    "connect": ("https://idp.example.se/connect", {AFFILIATION: ["c7@2021006164"]}),
    "prefixed": ("https://idp.example.se/connect", {IDENTIFIER: ["NTRSE-2021006164"]}),
    "bare": ("https://idp.example.se/connect", {IDENTIFIER: ["2021006164"]}),
    "university": (UNIVERSITY, {PRINCIPAL: ["u@example.se"]}),
    "elsewhere": ("https://idp.example.se/other", {PRINCIPAL: ["e@example.se"]}),
}
"""By which SAML provider, and what it says: Sweden Connect's tell the organisation, SWAMID's do not."""


def people() -> dict[str, dict[str, Any]]:
    """Return what is claimed of everybody in `SENT`, by the subject."""
    return {
        sub: claims(issuer, {**said, DISPLAYED: ["Visat namn"], MAIL: ["saml@example.se"]})
        for sub, (issuer, said) in SENT.items()
    }


def claims(issuer: str, sent: dict[str, list[str]]) -> dict[str, Any]:
    named = {NAMES[name]: values for name, values in sent.items() if name in NAMES}
    known: dict[str, list[Any]] = {
        name: named[each["saml"][0]]
        for name, each in CONFIGURED["attributes"].items()
        if "saml" in each and each["saml"][0] in named
    }
    for step in CONFIGURED["process"]:
        [how] = step["processors"]
        pattern, becomes = how["regex_sub_match_pattern"], how["regex_sub_replace_pattern"]
        if step["attribute"] in known:
            known[step["attribute"]] = [re.sub(pattern, becomes, each) for each in known[step["attribute"]]]
    synthetic = CONFIGURED["synthetic_attributes"]["default"].get(issuer, {})
    known |= {name: [value] for name, value in synthetic.items()} | CONFIGURED["static_attributes"]
    told = {CONFIGURED["attributes"][name]["openid"][0]: values for name, values in known.items()}
    return {name: values if "://" in name else values[0] for name, values in told.items()}
