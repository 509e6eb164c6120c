"""From a plan folder to targets: reading, anchors, the model with its labels, results, verification."""
