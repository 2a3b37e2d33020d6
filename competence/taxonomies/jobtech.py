"""Reads JobTech Taxonomy of Arbetsförmedlingen: the JSON of its GraphQL service, and of the files that are made of it.

    {"data": {"concepts": [{"id": "fg7B_yov_smw", "type": "skill", "preferred_label": …, "replaced_by": [{"id": …}]}]}}

Relations name concepts by their `id`, ESCO's by `esco_uri`. The published files have no concept that is deprecated;
whoever asks the service for `include_deprecated: true` also gets what replaces them.
"""

import codecs
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import msgspec

from competence.taxonomies.faults import text_fault
from competence.taxonomies.releases import Concept, ConceptKind, Relation, Release
from core.errors import BadInput, InvalidParameter

SCHEME = "jobtech"
_URI = "http://data.jobtechdev.se/taxonomy/concept/"
_ID = re.compile(r"[A-Za-z0-9]{4}_[A-Za-z0-9]{3}_[A-Za-z0-9]{3}")
_KINDS = {
    "skill": ConceptKind.SKILL,
    "skill-headline": ConceptKind.GROUP,
    "skill-main-headline": ConceptKind.GROUP,
    "occupation-name": ConceptKind.OCCUPATION,
    "ssyk-level-4": ConceptKind.OCCUPATION,
}
_Relations = dict[str, set[tuple[Relation, str]]]
_RELATIONS = {
    "broader": Relation.BROADER,
    "replaced_by": Relation.REPLACED_BY,
    "exact_match": Relation.EXACT_MATCH,
    "close_match": Relation.CLOSE_MATCH,
    "broad_match": Relation.BROAD_MATCH,
    "narrow_match": Relation.NARROW_MATCH,
}


def read_jobtech(data: bytes, version: str) -> Release:
    """Read a file of JobTech Taxonomy; concepts that are neither skills nor occupations are passed over.

    Raises
    ------
    BadInput
        It is no such file, or concepts in it cannot be used: all that is wrong with them.
    """
    said = _concepts(data)
    faults = [fault for place, each in enumerate(said) for fault in _faults(f"concepts[{place}]", each)]
    if faults:
        raise BadInput.of(faults)
    wanted = {each["id"]: _KINDS[each["type"]] for each in said if each["type"] in _KINDS}
    if ConceptKind.SKILL not in wanted.values():
        raise BadInput("concepts", len(said), "there is no concept of type skill in it")
    relations = _relations(said, wanted)
    return Release(SCHEME, version, tuple(_concept(each, relations) for each in said if each["id"] in wanted))


def _concepts(data: bytes) -> list[Any]:
    try:
        said = msgspec.json.decode(data.removeprefix(codecs.BOM_UTF8))
    except (msgspec.DecodeError, RecursionError) as error:
        raise BadInput("file", None, "it is not JSON: is it a file of JobTech Taxonomy?") from error
    while isinstance(said, Mapping):
        said = said.get("data") or said.get("concepts")
    if not isinstance(said, list):
        raise BadInput("data.concepts", None, "there is no list of concepts: is it a file of JobTech Taxonomy?")
    return said


def _faults(path: str, said: Any) -> Iterator[InvalidParameter]:
    if not isinstance(said, Mapping):
        yield InvalidParameter(path, said, "it is no concept, which has id, type and preferred_label")
        return
    if not isinstance(said.get("type"), str):
        yield InvalidParameter(f"{path}.type", said.get("type"), "it is not a text")
    elif said["type"] in _KINDS:
        if not (isinstance(said.get("id"), str) and _ID.fullmatch(said["id"])):
            yield InvalidParameter(f"{path}.id", said.get("id"), "it is no id, such as fg7B_yov_smw")
        yield from text_fault(f"{path}.preferred_label", said.get("preferred_label"))
        for field in ("alternative_labels", "hidden_labels", *_RELATIONS, "narrower", "related"):
            if not isinstance(said.get(field) or [], list):
                yield InvalidParameter(f"{path}.{field}", said[field], "it is no list")


def _relations(said: Sequence[Mapping[str, Any]], wanted: Mapping[str, ConceptKind]) -> _Relations:
    """Return what each concept says of others: `narrower` is told by the broader one, `related` by either."""
    found: _Relations = defaultdict(set)
    for each in said:
        key = str(each.get("id"))
        if key not in wanted:
            continue
        for field, relation in _RELATIONS.items():
            found[key].update((relation, uri) for uri in _uris(each.get(field)))
        for narrower in _uris(each.get("narrower")):
            found[narrower.removeprefix(_URI)].add((Relation.BROADER, _URI + key))
        for uri in _uris(each.get("related")):
            skill, occupation = key, uri.removeprefix(_URI)
            if wanted[key] is ConceptKind.OCCUPATION:
                skill, occupation = occupation, skill
            if (wanted.get(skill), wanted.get(occupation)) == (ConceptKind.SKILL, ConceptKind.OCCUPATION):
                found[occupation].add((Relation.OPTIONAL, _URI + skill))
    return found


def _uris(said: Any) -> Iterator[str]:
    for each in said or ():
        if isinstance(each, Mapping) and isinstance(each.get("esco_uri"), str):
            yield each["esco_uri"]
        elif isinstance(key := each.get("id") if isinstance(each, Mapping) else each, str):
            yield key if ":" in key else _URI + key


def _concept(said: Mapping[str, Any], relations: _Relations) -> Concept:
    label = said["preferred_label"].strip()
    others = [*(said.get("alternative_labels") or ()), *(said.get("hidden_labels") or ())]
    ssyk = said.get("ssyk_code_2012") or said.get("ssyk-code-2012")
    return Concept(
        uri=_URI + said["id"],
        code=f"{SCHEME}-{said['id']}",
        kind=_KINDS[said["type"]],
        label_sv=label,
        label_en=label,
        synonyms_sv=tuple(dict.fromkeys(other.strip() for other in others if isinstance(other, str) and other.strip())),
        ssyk=ssyk if isinstance(ssyk, str) else None,
        deprecated=said.get("deprecated") is True,
        relations=frozenset(relations.get(said["id"], ())),
    )
