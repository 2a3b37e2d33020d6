"""What changes of a run come to: the stored run with them applied, solved and compared. Only `base` reads rows."""
