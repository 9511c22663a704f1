"""The one renderer of prompts: training, inference, evaluation and exam all ask here."""


def messages(system_prompt: str, instruction: str, input_text: str = "") -> list[dict[str, str]]:
    """The conversation up to the model's turn; a non-empty input follows the instruction after a blank line."""
    question = f"{instruction}\n\n{input_text}" if input_text else instruction
    return [{"role": "system", "content": system_prompt}, {"role": "user", "content": question}]
