"""`python -m app`: the command line."""

from app.commands.line import main

if __name__ == "__main__":
    main()
