"""One model over several processes: by heads, by layers, by tokens; equal results, counted bytes, idle stages."""
