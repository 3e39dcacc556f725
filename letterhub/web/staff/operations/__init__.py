"""Operations: the pages of the site's operator, and invitations to found a coalition."""
