#!/usr/bin/python3
"""project.py PROJECT PNG [WEST SOUTH EAST NORTH]

Opens a project in QGIS without a screen, as a user would; prints what it found
of each layer, one JSON object a line, and renders the map, of all layers or of
the box, to PNG.  Exit status 1: the project could not be read or drawn.
"""
import json
import os
import sys

os.environ.setdefault('QT_QPA_PLATFORM', 'offscreen')
os.environ.setdefault('QT_LOGGING_RULES', '*.debug=false')

from qgis.core import (QgsApplication, QgsCoordinateReferenceSystem, QgsCoordinateTransform,
                       QgsDataSourceUri, QgsExpressionContextUtils, QgsMapRendererParallelJob,
                       QgsMapSettings, QgsProject, QgsRectangle, QgsRenderContext, QgsVectorLayer)
from qgis.PyQt.QtCore import QSize
from qgis.PyQt.QtGui import QColor


def described(layer):
    """What QGIS says of a layer; ids are those by which it knows features."""
    features = list(layer.getFeatures()) if layer.isValid() else []
    return {
        'name': layer.name(), 'table': layer.dataProvider().uri().table(), 'valid': layer.isValid(),
        'crs': layer.crs().authid(), 'read': len(features), 'counted': counted(layer),
        'ids': sorted([f.id(), f['id']] for f in features)[:50], 'symbols': symbols(layer, features),
        'labels': layer.labelsEnabled(), 'notify': layer.refreshOnNotifyMessage(),
        'default_style': default_style(layer)}


def counted(layer):
    """The project takes estimates; this is the count."""
    uri = QgsDataSourceUri(layer.source())
    uri.setUseEstimatedMetadata(False)
    return QgsVectorLayer(uri.uri(False), layer.name(), 'postgres').featureCount()


def symbols(layer, features):
    """Labels of the categories that draw these features."""
    renderer = layer.renderer().clone()
    context = QgsRenderContext()
    context.expressionContext().appendScopes(QgsExpressionContextUtils.globalProjectLayerScopes(layer))
    renderer.startRender(context, layer.fields())
    drawn = set()
    for feature in features:
        context.expressionContext().setFeature(feature)
        drawn.update(renderer.categories()[int(k)].label() for k in renderer.legendKeysForFeature(feature, context))
    renderer.stopRender(context)
    return sorted(drawn)


def default_style(layer):
    """The same layer, loaded anew: does it get a style of the database?"""
    anew = QgsVectorLayer(layer.source(), layer.name(), 'postgres')
    anew.loadDefaultStyle()
    return anew.renderer().type() if anew.isValid() else None


def extent_of(project, box):
    wgs84 = QgsCoordinateReferenceSystem('EPSG:4326')
    whole = QgsRectangle(*box) if box else QgsRectangle()
    for layer in project.mapLayers().values():
        if not box and layer.isValid():
            layer.updateExtents(True)
            whole.combineExtentWith(layer.extent())
    moved = QgsCoordinateTransform(wgs84, project.crs(), project).transformBoundingBox(whole)
    moved.scale(1.1)
    return moved


def render(project, png, box):
    settings = QgsMapSettings()
    settings.setLayers([n.layer() for n in project.layerTreeRoot().findLayers() if n.isVisible() and n.layer()])
    settings.setDestinationCrs(project.crs())
    settings.setBackgroundColor(QColor(250, 249, 246))
    settings.setOutputSize(QSize(1000, 750))
    settings.setExtent(extent_of(project, box))
    job = QgsMapRendererParallelJob(settings)
    job.start()
    job.waitForFinished()
    return not job.errors() and job.renderedImage().save(png)


def main():
    project = QgsProject.instance()
    if not project.read(sys.argv[1]):
        return 1
    for node in project.layerTreeRoot().findLayers():
        print(json.dumps(described(node.layer()), ensure_ascii=False))
    return 0 if render(project, sys.argv[2], [float(a) for a in sys.argv[3:7]]) else 1


application = QgsApplication([], False)
application.initQgis()
status = main()
QgsProject.instance().clear()
application.exitQgis()
sys.stdout.flush()
os._exit(status)
