"""Run the command line: `python -m harvester` is `harvester`."""

from harvester.cli.main import run

if __name__ == "__main__":
    run()
