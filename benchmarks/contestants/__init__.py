"""Who is measured: the product, and what it is measured against."""
