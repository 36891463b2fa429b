"""Stand-ins for the clouds on loopback, for the tests and to try the wizard without an account.

Each answers the real SDK of its cloud, keeps a list of the calls that it got, takes its time, fails on
purpose where it is told to, and complains about a call, a field or a value that the real cloud does not know.
They know nothing of the wizard.
"""
