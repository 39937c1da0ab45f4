"""The steps of the GitHub Action in `action.yml`. Standard library only: the first of them runs before any install.

`install` makes a private environment, `lint` runs tkelint and keeps its status, `report` annotates, writes the summary
and ends with that status. In between, `action.yml` uploads the SARIF file. Nothing here knows Kubernetes.
"""
