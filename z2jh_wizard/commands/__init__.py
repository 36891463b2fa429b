"""The headless commands: each module reads the parsed words, calls flows and says the result.

Every command function takes the parsed arguments and returns an exit code. Imports: everything below cli;
heavy packages only inside functions, so that a command pays for what it uses.
"""
