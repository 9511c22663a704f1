"""What people look at: scores and their figures, health findings, history, the terminal summary, the pages."""
