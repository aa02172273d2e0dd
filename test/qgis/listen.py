#!/usr/bin/python3
"""listen.py PROJECT VIEW

Opens a project in QGIS without a screen and waits until the layer of a view is
told to draw anew.  Says so on standard output.
"""
import os
import sys

os.environ.setdefault('QT_QPA_PLATFORM', 'offscreen')

from qgis.core import QgsApplication, QgsProject
from qgis.PyQt.QtCore import QTimer

application = QgsApplication([], False)
application.initQgis()
project = QgsProject.instance()
told = []
if project.read(sys.argv[1]):
    layer = project.mapLayer('fireiot_' + sys.argv[2])
    layer.repaintRequested.connect(lambda *arguments: (told.append(1), application.quit()))
    print('listening', flush=True)
    QTimer.singleShot(50000, application.quit)
    application.exec_()
    print('drawn anew' if told else 'not told', flush=True)
project.clear()
os._exit(0 if told else 1)
