"""Operations about help in a crisis."""
