"""Large neighborhood search: operators, their selection, construction, insertion."""
