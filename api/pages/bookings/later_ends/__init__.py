"""To keep what is lent for longer: asked and answered on the page of its booking."""
