"""How the editor shows a name: `BP_CombatCharacter` as `BP Combat Character`."""

from __future__ import annotations

ARTICLES = ("In", "As", "To", "Or", "At", "On", "If", "Be", "By", "The", "For", "And", "With", "When", "From")


def display_string(name: str) -> str:
    """The engine's NameToDisplayString: a space before each run of capitals or digits, underscores as spaces."""
    shown: list[str] = []
    in_run = was_space = False
    for index, char in enumerate(name):
        if (char.isupper() or char.isdigit()) and not in_run:
            if shown and not was_space:
                shown.append(" ")
                was_space = True
            in_run = True
        if char.islower():
            in_run = False
        if char == "_":
            char, in_run = " ", True
        shown.append(_first_letter(char, name, index) if not shown or was_space else char)
        was_space = char == " "
    return "".join(shown)


def _first_letter(char: str, name: str, index: int) -> str:
    return char.lower() if index and _is_article(name, index) else char.upper()


def _is_article(name: str, index: int) -> bool:
    """Whether one of the small words stands here, with another word behind it."""
    return any(name.startswith(word, index) and name[index + len(word):index + len(word) + 1] not in ("", *"abcdefghijklmnopqrstuvwxyz")
               for word in ARTICLES)
