"""Kustomize overlays: which there are (`find`), building them (`build`), and where what was built is written.

`places` asks `writers` for everything that may have written a value: `fragments` of objects in files, `patches`, and
`fields` of kustomizations.
"""
