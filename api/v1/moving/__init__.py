"""Operations on one's own wishes to try another employer."""
