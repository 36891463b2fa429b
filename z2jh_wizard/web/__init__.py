"""The wizard in a browser: who may come in, the one wizard that runs, and the pages around it.

The screens run in a child process, which textual-serve carries to the browser; none of their code is loaded
here. Imports: system, core, aiohttp and textual-serve.
"""
