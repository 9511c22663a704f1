"""The engine's input keys by the names of their FKey (InputCoreTypes.h). Plug-ins for controllers add others, so an unknown one may exist."""

DIGITS = ("Zero", "One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine")
_MOUSE = """AnyKey MouseX MouseY Mouse2D MouseScrollUp MouseScrollDown MouseWheelAxis
LeftMouseButton RightMouseButton MiddleMouseButton ThumbMouseButton ThumbMouseButton2"""
_KEYBOARD = """BackSpace Tab Enter Pause CapsLock Escape SpaceBar PageUp PageDown End Home Left Up Right Down Insert Delete
Multiply Add Subtract Decimal Divide NumLock ScrollLock LeftShift RightShift LeftControl RightControl LeftAlt RightAlt LeftCommand RightCommand
Semicolon Equals Comma Underscore Hyphen Period Slash Tilde LeftBracket Backslash RightBracket Apostrophe Ampersand Asterix Caret Colon Dollar
Exclamation LeftParantheses RightParantheses Quote A_AccentGrave E_AccentGrave E_AccentAigu C_Cedille Section"""
_GAMEPAD = """Left2D LeftX LeftY Right2D RightX RightY LeftTriggerAxis RightTriggerAxis LeftThumbstick RightThumbstick
Special_Left Special_Left_X Special_Left_Y Special_Right FaceButton_Bottom FaceButton_Right FaceButton_Left FaceButton_Top
LeftShoulder RightShoulder LeftTrigger RightTrigger DPad_Up DPad_Down DPad_Right DPad_Left
LeftStick_Up LeftStick_Down LeftStick_Right LeftStick_Left RightStick_Up RightStick_Down RightStick_Right RightStick_Left"""
_OTHER = """Tilt RotationRate Gravity Acceleration Gesture_Pinch Gesture_Flick Gesture_Rotate
Steam_Touch_0 Steam_Touch_1 Steam_Touch_2 Steam_Touch_3 Steam_Back_Left Steam_Back_Right Android_Back Android_Volume_Up Android_Volume_Down Android_Menu"""

KEYS: tuple[str, ...] = (
    *_MOUSE.split(), *_KEYBOARD.split(), *"ABCDEFGHIJKLMNOPQRSTUVWXYZ", *DIGITS, *(f"NumPad{digit}" for digit in DIGITS),
    *(f"F{number}" for number in range(1, 13)), *(f"Touch{number}" for number in range(1, 11)),
    *(f"Gamepad_{name}" for name in _GAMEPAD.split()), *_OTHER.split())


def key_meant(name: str) -> str:
    """A known key for what people write instead of its name: `4`, `space bar`, `left mouse button`; empty when none is."""
    plain = name.replace(" ", "").replace("_", "").lower()
    if plain.isdecimal() and len(plain) == 1:
        return DIGITS[int(plain)]
    return next((key for key in KEYS if key.replace("_", "").lower() == plain), "")
