"""What storage cannot do, said to whoever runs the program."""


class DatabaseProblem(Exception):
    """The database cannot be used; the text is one clear sentence with the next step."""
