"""What every other room uses: models, storage, settings, errors, telemetry, names and the clock."""
