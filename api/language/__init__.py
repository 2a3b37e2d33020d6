"""Swedish and English: the catalogues, how dates and numbers are written."""
