"""What people, their managers and HR do about capacity cards: asking, answering, taking back."""
