-- Distance of a number to the nearest of its owner's last 20 when it became a contact: same, near or far. All of a number that the guard is told.
ALTER TABLE registry.contact ADD COLUMN gap_class text CHECK (gap_class IN ('same', 'near', 'far'));
SELECT registry.take_no_samples('registry.contact');
