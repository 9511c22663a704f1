"""What a graph does when its events fire; utils/interpreter.py is their face."""
