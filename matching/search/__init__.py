"""Large neighbourhood search: operators, their selection, construction, insertion."""
