"""Files that members have sent to be imported: tried at once, written when their sender has seen what they would do."""
