"""What loans of people follow: packs of rules by who lends and who borrows."""
