"""Which offers can serve which need, and why the others cannot."""
