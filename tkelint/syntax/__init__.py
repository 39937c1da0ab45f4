"""Syntax: text to plain values fast, and to exact places on demand.

`document` says what every parsed document can do; `yaml` reads YAML and JSON as the API server does, `corefile`
reads CoreDNS Corefiles, `helm` knows what rendered and unrendered charts look like.
"""
