"""Command line of News Harvester, built with Typer: a module for each command or group of commands."""
