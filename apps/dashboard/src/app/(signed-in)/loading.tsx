import { Placeholder } from '../../components/placeholder.tsx';

export default function Loading() {
  return (
    <div className="flex flex-col gap-6">
      <div className="skeleton h-8 w-56" />
      <Placeholder height={220} label="The page" />
      <div className="skeleton h-64" />
    </div>
  );
}
