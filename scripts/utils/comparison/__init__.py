"""Graphs matched node by node and wire by wire; utils/graph_compare.py is their face."""
