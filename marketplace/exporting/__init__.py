"""Files out: whatever an import reads is written as it would be read, see `service.exported`."""
