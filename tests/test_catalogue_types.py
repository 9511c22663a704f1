"""Types: how they are written, what they mean, which wires agree."""

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from utils.blueprint_patterns import Scope, load_catalogue
from utils.dsl.ast import TypeRef
from utils.dsl.lexer import Cursor
from utils.dsl.types import PinType, engine_type, parse_engine_type
from utils.dsl.writer import write_type

CATALOGUE = load_catalogue()
DOOR = "/Game/Doors/BP_Door.BP_Door_C"

ENGINE_TYPES = sorted({param[1] for rows in CATALOGUE.data.raw["functions"].values() for row in rows for param in row[2] + row[3]}
                      | {row[1] for rows in CATALOGUE.data.raw["properties"].values() for row in rows}
                      | {row[1] for struct in CATALOGUE.data.raw["structs"].values() for row in struct[0]})
KNOWN = st.sampled_from([parse_engine_type(text) for text in ENGINE_TYPES])
OWN = st.sampled_from(["object", "class", "struct", "enum", "interface", "softobject", "softclass"]).map(lambda kind: PinType(kind, DOOR))
ELEMENTS = (KNOWN | OWN).map(lambda kind: kind.element)
PIN_TYPES = KNOWN | OWN | st.builds(lambda kind, container: PinType(kind.kind, kind.name, container), ELEMENTS, st.sampled_from(["array", "set"])) | \
    st.builds(lambda key, value: PinType(key.kind, key.name, "map", value), ELEMENTS, ELEMENTS)


def resolve(text: str) -> PinType:
    return CATALOGUE.resolve_type(Cursor(text, 1).type_ref())


def agree(source: str, target: str, **scope):
    found = CATALOGUE.types_agree(resolve(source), resolve(target), Scope(**scope) if scope else None)
    return found and (f"{found.kind} {found.function}".strip())


@given(PIN_TYPES)
def test_a_type_survives_being_written_and_read(kind):
    ref = CATALOGUE.type_ref(kind)
    assert Cursor(write_type(ref), 1).type_ref() == ref
    assert CATALOGUE.resolve_type(ref) == kind


@given(PIN_TYPES)
def test_the_engines_spelling_survives_too(kind):
    assert parse_engine_type(engine_type(kind)) == kind


@pytest.mark.parametrize("text, kind", [
    ("Float", PinType("float")), ("Vector", PinType("struct", "Vector")), ("vector", PinType("struct", "Vector")),
    ("ESlateVisibility", PinType("enum", "ESlateVisibility")), ("Actor", PinType("object", "Actor")), ("Object", PinType("object", "Object")),
    ("Class<Actor>", PinType("class", "Actor")), ("Class", PinType("class", "Object")), ("SoftObject<Texture2D>", PinType("softobject", "Texture2D")),
    ("Array<Int>", PinType("int", container="array")), ("Array", PinType("wildcard", container="array")),
    ("Map<String,Actor>", PinType("string", container="map", value=PinType("object", "Actor"))),
    ("GameplayTagAssetInterface", PinType("interface", "GameplayTagAssetInterface")),
    ("BP_Door", PinType("object", "BP_Door")), (f"Object<{DOOR}>", PinType("object", DOOR)), ("Enum</Game/E.E>", PinType("enum", "/Game/E.E")),
    ("Object</Script/Engine.Pawn>", PinType("object", "Pawn")),
])
def test_a_written_type_means(text, kind):
    assert resolve(text) == kind


def test_a_type_leads_to_its_object_in_the_engine():
    assert CATALOGUE.type_path(resolve("Vector")) == "/Script/CoreUObject.Vector"
    assert CATALOGUE.type_path(resolve("Array<Pawn>")) == "/Script/Engine.Pawn"
    assert CATALOGUE.type_path(resolve(f"Object<{DOOR}>")) == DOOR


@pytest.mark.parametrize("source, target, why", [
    ("Float", "Float", "same"), ("Pawn", "Actor", "subclass"), ("Character", "Object", "subclass"), ("Class<Pawn>", "Class<Actor>", "subclass"),
    ("Array<Pawn>", "Array<Actor>", "subclass"), ("Vector_NetQuantize", "Vector", "subclass"), ("ESlateVisibility", "Byte", "promotion"),
    ("Int", "Float", "conversion Conv_IntToDouble"), ("Float", "Int", "conversion FTrunc"), ("Float", "String", "conversion Conv_DoubleToString"),
    ("Actor", "String", "conversion Conv_ObjectToString"), ("String", "Text", "conversion Conv_StringToText"), ("Bool", "Int", "conversion Conv_BoolToInt"),
    ("Rotator", "Transform", "conversion Conv_RotatorToTransform"), ("ESlateVisibility", "String", "conversion GetEnumeratorNameAsString"),
    ("Byte", "ESlateVisibility", "conversion CastByteToEnum"), ("Actor", "SoftObject<Actor>", "conversion Conv_ObjectToSoftObjectReference"),
    ("CharacterMovementComponent", "NavMovementInterface", "subclass"), ("Wildcard", "Int", "same"), ("Array<Int>", "Wildcard", "same"),
    (f"Object<{DOOR}>", "Actor", "unknown"), ("Delegate", "Delegate<TimerDynamicDelegate>", "unknown"), ("Map<String,Int>", "Map<String,Int>", "same"),
])
def test_types_that_agree(source, target, why):
    assert agree(source, target) == why


@pytest.mark.parametrize("source, target", [
    ("Actor", "Pawn"), ("Actor", f"Object<{DOOR}>"), ("Float", "Bool"), ("String", "Int"), ("Vector", "Float"), ("Actor", "Bool"), ("Actor", "Vector"),
    ("Int", "Array<Int>"), ("Array<Int>", "Int"), ("Array<Int>", "Array<String>"), ("Array<Actor>", "Set<Actor>"), ("Exec", "Bool"), ("Bool", "Exec"),
    ("Exec", "Wildcard"), ("ESlateVisibility", "ECollisionChannel"), ("Map<String,Int>", "Map<String,Float>"), ("Class<Actor>", "Actor"), ("Vector", "Rotator2D"),
    ("Delegate", "Int"), ("Set<Int>", "Array<Int>"),
])
def test_types_that_do_not_agree(source, target):
    assert agree(source, target) is None


def test_self_is_what_its_parent_is_and_may_be_any_class_of_the_project():
    own = PinType("object", "self")
    assert CATALOGUE.types_agree(own, resolve("Actor"), Scope(parent="Pawn")).kind == "subclass"
    assert CATALOGUE.types_agree(own, resolve("Widget"), Scope(parent="Pawn")) is None
    assert CATALOGUE.types_agree(own, resolve(f"Object<{DOOR}>"), Scope(parent="Pawn")).kind == "unknown"
    assert CATALOGUE.types_agree(own, resolve("GameplayTagAssetInterface"), Scope(parent="Pawn")).kind == "unknown"
    assert CATALOGUE.types_agree(own, resolve("Widget")).kind == "unknown", "without a scope nobody can tell"


ODD_NAMES = st.text(max_size=20) | st.text("<>,_C/.\n", max_size=8) | st.sampled_from(["self", "Object", "class", "_C", "BP_Door_C", "Array<", "Vector>"])


@settings(max_examples=400)
@given(ODD_NAMES, st.sampled_from(["", "Class", "Object", "SoftObject", "Struct", "Enum", "Interface", "Delegate", "Dispatcher", "Array"]))
@example("<", "")
@example("<", "Class")
def test_no_name_of_a_type_is_too_odd_to_resolve(name, wrapper):
    ref = TypeRef(wrapper, (TypeRef(name),)) if wrapper else TypeRef(name or "x")
    kind = CATALOGUE.resolve_type(ref)
    assert CATALOGUE.resolve_type(CATALOGUE.type_ref(kind)) == kind
    assert parse_engine_type(engine_type(kind)).container == kind.container


@pytest.mark.parametrize("text, kind", [
    ("BP_Door_C", PinType("object", "BP_Door")), ("Class<BP_Door_C>", PinType("class", "BP_Door")), ("_C", PinType("object", "_C")),
    (f"Class<{DOOR}>", PinType("class", DOOR)),
])
def test_a_class_of_the_project_has_one_name_with_and_without_the_engines_suffix(text, kind):
    assert resolve(text) == kind
