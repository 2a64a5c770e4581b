"""Films and pages: scenes are filmed as shots, kept by what they are made of, bundled."""
