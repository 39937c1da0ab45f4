"""The traffic graph for people: who calls whom, through which name, Service, Ingress, CLB and node port.

`model` says what a graph is, `build` reads it off a workspace, `select` finds paths and parts of it, `cures` knows what
ends a loopback. Reporters draw it; nothing here prints.
"""
