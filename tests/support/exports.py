"""The exporter that every Jupyter of the course has."""

import functools
import os
from unittest import mock

from nbconvert import HTMLExporter
from nbconvert.nbconvertapp import NbConvertApp

from commands.jupyter import use_settings


@functools.cache
def exporter():
    """Return nbconvert's exporter to HTML, with the settings that the course's Jupyter reads."""
    program = NbConvertApp()
    with mock.patch.dict(os.environ):
        use_settings()
        program.load_config_file()
    return HTMLExporter(config=program.config)
