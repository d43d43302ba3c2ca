"""The schema says everything other languages' SDKs and their documentation are made from."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from importlib import metadata
from typing import Any

import pulumi
import pytest
from pilaster import aws
from pilaster.plugin import schema
from pilaster.plugin.catalog import components
from pilaster.plugin.names import in_schema_words
from pilaster.plugin.shapes import Record, arguments, outputs, shape

PACKAGE: Mapping[str, Any] = schema.package()


def properties() -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Every property of every component and type, with where it stands."""
    for token, each in PACKAGE["resources"].items():
        for kind in ("inputProperties", "properties"):
            for name, spec in each[kind].items():
                yield f"{token} {kind} {name}", spec
    for token, each in PACKAGE["types"].items():
        for name, spec in each.get("properties", {}).items():
            yield f"{token} {name}", spec


def test_every_public_component_is_served():
    public = {
        name
        for name in aws.__all__
        if isinstance(getattr(aws, name), type)
        and issubclass(getattr(aws, name), pulumi.ComponentResource)
    }
    assert set(PACKAGE["resources"]) == {f"pilaster:aws:{name}" for name in public}
    assert len(public) >= 12


def test_every_property_is_described():
    """By the docstring under its attribute: one without fails here."""
    silent = [where for where, spec in properties() if not spec["description"].strip()]
    assert silent == []
    assert [
        token
        for kind in ("resources", "types")
        for token, each in PACKAGE[kind].items()
        if "enum" not in each and len(each["description"]) < 10
    ] == []
    print(f"{len(list(properties()))} properties described")


def test_descriptions_name_what_there_is_in_the_schema_s_words():
    """`old_versions_days` is nothing a TypeScript program could set."""
    assert [
        (where, word)
        for where, spec in properties()
        for word in schema.words()
        if "_" in word and f"`{word}`" in spec["description"]
    ] == []
    bucket = PACKAGE["resources"]["pilaster:aws:Bucket"]["inputProperties"]
    assert "`oldVersionsDays`" in bucket["versioned"]["description"]


def test_a_name_has_one_way_to_other_languages_and_back():
    """`memory_mib` and `memoryMib`; units stay in names."""
    records = [arguments(each) for each in components().values()]
    records += [each for each in schema.types() if isinstance(each, Record)]
    for record in records:
        named = {each.camel: each.name for each in record.fields}
        assert len(named) == len(record.fields), record.of
        for camel, name in named.items():
            snake = "".join(f"_{c.lower()}" if c.isupper() else c for c in camel)
            assert snake == name, record.of
    function = PACKAGE["types"]["pilaster:aws:FunctionDefinition"]["properties"]
    assert {"memoryMib", "timeoutSeconds", "ephemeralStorageMib"} <= set(function)


def test_what_has_a_default_may_be_left_out_and_a_constant_one_is_told():
    data = PACKAGE["resources"]["pilaster:aws:DataTier"]
    assert data["requiredInputs"] == ["databaseName", "network", "place"]
    told = {
        name: spec["default"] for name, spec in data["inputProperties"].items() if "default" in spec
    }
    assert told == {
        "engineVersion": "17.7",
        "minCapacity": 0,
        "maxCapacity": 4,
        "pauseAfterSeconds": 300,
        "idleSessionSeconds": 240,
        "statementTimeoutSeconds": 8,
        "backupRetentionDays": 7,
        "protect": True,
    }
    function = PACKAGE["resources"]["pilaster:aws:Function"]
    assert function["requiredInputs"] == ["place"]
    for optional in (
        "code",
        "imageUri",
        "environment",
        "grants",
        "network",
        "description",
        "reservedConcurrency",
    ):
        assert "default" not in function["inputProperties"][optional]


def test_what_shapes_a_program_is_plain_and_an_input_is_not():
    api = PACKAGE["resources"]["pilaster:aws:Api"]["inputProperties"]
    assert api["issuer"]["type"] == "string"
    assert "plain" not in api["issuer"]
    assert api["routes"]["plain"] is True
    assert api["routes"]["additionalProperties"]["plain"] is True
    assert {"items": {"type": "string"}, "plain": True}.items() <= api["audience"].items()
    function = PACKAGE["types"]["pilaster:aws:FunctionDefinition"]["properties"]
    assert function["environment"]["additionalProperties"] == {"type": "string"}
    outputs = PACKAGE["resources"]["pilaster:aws:Network"]["properties"]
    assert outputs["inside"]["$ref"] == "#/types/pilaster:aws:NetworkRef"
    assert "plain" not in json.dumps(outputs)


def test_a_network_s_side_is_taken_as_another_component_gives_it():
    """All of it may come later: `network: net.inside` in every language."""
    data = PACKAGE["resources"]["pilaster:aws:DataTier"]["inputProperties"]["network"]
    assert "plain" not in data
    assert "plain" not in json.dumps(PACKAGE["types"]["pilaster:aws:NetworkRef"])


def test_one_of_a_few_texts_is_an_enumeration():
    assert PACKAGE["types"]["pilaster:index:TargetArchitecture"] == {
        "type": "string",
        "enum": [{"value": "arm64"}, {"value": "x86_64"}],
    }
    target = PACKAGE["types"]["pilaster:index:Target"]["properties"]["architecture"]
    assert target["$ref"] == "#/types/pilaster:index:TargetArchitecture"
    assert target["default"] == "arm64"


def test_one_of_several_steps_is_a_field_each():
    """A union that every language has: exactly one is set, which the class itself checks."""
    step = PACKAGE["types"]["pilaster:index:Step"]
    assert set(step["properties"]) == {"task", "ask", "choice", "publish", "fail", "succeed"}
    assert step["required"] == []


def test_every_reference_leads_to_a_type():
    found: set[str] = set()

    def walk(value: Any) -> None:
        if isinstance(value, Mapping):
            if isinstance(value.get("$ref"), str):
                found.add(value["$ref"].removeprefix("#/types/"))
            for each in value.values():
                walk(each)

    walk(PACKAGE)
    assert found == set(PACKAGE["types"])


def test_no_type_is_called_as_a_component_s_arguments_are_in_other_languages():
    """They add `Args` by themselves, and two of one name in one module do not compile."""
    taken = {f"{token}Args" for token in PACKAGE["resources"]} | set(PACKAGE["resources"])
    assert taken.isdisjoint(PACKAGE["types"])
    assert taken.isdisjoint({f"{token}Args" for token in PACKAGE["types"]})


def test_the_version_is_the_distribution_s():
    assert PACKAGE["version"] == metadata.version("pilaster")
    assert PACKAGE["name"] == "pilaster"
    assert PACKAGE["license"] == "Apache-2.0"


def test_every_component_says_what_it_gives_back_and_that_it_is_one():
    for token, component in components().items():
        said = PACKAGE["resources"][token]
        assert said["isComponent"] is True
        assert sorted(each.camel for each in outputs(component)) == said["required"]
        assert said["required"], f"{token} gives nothing back"


@pytest.mark.parametrize(
    ("hint", "says"),
    [
        (pulumi.Resource, "is .*Resource'>, which other languages cannot hand over"),
        (str | int, "is a union of <class 'str'>, <class 'int'>, which few languages have"),
        (pulumi.Output[Mapping[str, str]], "is late as a whole"),
    ],
)
def test_what_cannot_be_served_is_refused_by_name(hint: Any, says: str):
    with pytest.raises(TypeError, match=f"^Grant.what {says}"):
        shape(hint, aws.Grant, "what")


def test_only_names_of_arguments_are_put_in_the_schema_s_words():
    names = frozenset({"memory_mib"})
    assert in_schema_words("memory_mib of my_table: 5", names) == "memoryMib of my_table: 5"
