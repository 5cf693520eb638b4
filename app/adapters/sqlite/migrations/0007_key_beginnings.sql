-- What a key begins with, for its owner to know it by; empty for keys made before.
ALTER TABLE api_key ADD COLUMN beginning TEXT NOT NULL DEFAULT '';
