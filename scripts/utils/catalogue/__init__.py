"""What every node is: the engine's reflection data, names, types, and the pins of each form; utils/blueprint_patterns.py is their face."""
