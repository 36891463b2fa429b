"""What is wrong in values files, or will go wrong on class day: one module of rules a subject.

A rule is data (id, severity, title, the keys it is about) and a function from a Subject to Problems. Rules
look at trees and places only; look-ups on a network are not theirs. Imports: values, core.
"""
