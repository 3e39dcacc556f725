"""HTML forms as a browser submits them: the present values, the changes, and the button that is pressed."""

from collections.abc import Iterator, Mapping
from io import BytesIO
from typing import Any
from xml.etree.ElementTree import Element

from tests.support.html_checks import accessible_name, text_of

UNSENT_TYPES = {"submit", "button", "reset", "image"}


def form_with_button(tree: Element, button: str) -> tuple[Element, Element]:
    """Return the form that has the named button, and the button; raises AssertionError that lists the buttons of the page."""
    pairs = [(form, pressed) for form in tree.iter("form") for pressed in _buttons(tree, form)]
    found = [pair for pair in pairs if accessible_name(tree, pair[1]) == button]
    assert found, f"no button {button!r} here, only {[accessible_name(tree, pressed) for _, pressed in pairs]}"
    return found[0]


def form_data(tree: Element, form: Element, button: Element, changes: Mapping[str, Any]) -> dict[str, Any]:
    """Return the data that the form submits by this button after the changes; AssertionError for an unknown field."""
    controls = [control for control in _controls(tree, form) if control.get("disabled") is None]
    names = {control.get("name") for control in controls}
    assert set(changes) <= names, f"the form has no field {sorted(set(changes) - names)}, only {sorted(filter(None, names))}"
    sent: dict[str, Any] = {}
    for name, value in (pair for control in controls for pair in _initial_data(control)):
        sent.setdefault(name, []).append(value)
    for name, value in changes.items():
        sent[name] = _changed_data([control for control in controls if control.get("name") == name], value)
    if button.get("name"):
        sent[button.get("name", "")] = [button.get("value", "")]
    return sent


def _buttons(tree: Element, form: Element) -> Iterator[Element]:
    for element in _form_controls(tree, form):
        if element.tag == "button" and element.get("type", "submit") == "submit":
            yield element
        if element.tag == "input" and element.get("type") in ("submit", "image"):
            yield element


def _form_controls(tree: Element, form: Element) -> Iterator[Element]:
    yield from (element for element in form.iter() if element.get("form") is None)
    if form.get("id"):
        yield from (element for element in tree.iter() if element.get("form") == form.get("id"))


def _controls(tree: Element, form: Element) -> Iterator[Element]:
    for element in _form_controls(tree, form):
        if element.tag in ("input", "select", "textarea") and element.get("type") not in UNSENT_TYPES and element.get("name"):
            yield element


def _initial_data(control: Element) -> Iterator[tuple[str, Any]]:
    """Return the data of an untouched control."""
    name, kind = control.get("name", ""), control.get("type", "text")
    if control.tag == "textarea":
        yield name, (control.text or "").removeprefix("\n")
    elif control.tag == "select":
        yield from ((name, value) for value in _selected(control))
    elif kind in ("checkbox", "radio"):
        if control.get("checked") is not None:
            yield name, control.get("value", "on")
    elif kind != "file":
        yield name, control.get("value", "")


def _selected(select: Element) -> list[str]:
    options = list(select.iter("option"))
    picked = [option for option in options if option.get("selected") is not None]
    if not picked and select.get("multiple") is None:
        picked = options[:1]
    return [_value(option) for option in picked]


def _value(option: Element) -> str:
    return option.get("value", text_of(option))


def _changed_data(controls: list[Element], value: Any) -> list[Any]:
    """Return the data of the controls of one name after a change: text, a tick, choices, or (bytes, file name)."""
    first = controls[0]
    if first.tag == "select":
        return _selected_options([_value(option) for option in first.iter("option")], value)
    if first.get("type") == "checkbox" and isinstance(value, bool):
        return [first.get("value", "on")] if value else []
    if first.get("type") in ("checkbox", "radio"):
        return _selected_options([control.get("value", "on") for control in controls], value)
    if first.get("type") == "file":
        content, file_name = value
        return [(BytesIO(content), file_name)]
    return [value]


def _selected_options(choices: list[str], value: Any) -> list[str]:
    picked = [value] if isinstance(value, str) else [str(one) for one in value]
    assert set(picked) <= set(choices), f"{picked} can't be chosen, only {choices}"
    return picked
