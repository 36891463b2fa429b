"""What the wizard does: flows of steps built with the adapters they use, and the runs that play them.

Here the layers below meet: project, Helm, cluster, cloud and practice. Screens, headless commands and tests
all go through this package. Imports: everything below; never Textual, screens, widgets or render.
"""
